#!/usr/bin/perl
# Judges mail for bigmail.example: a line of JSON in, a line of JSON out (lab/services/provider/judge_perl.py).
#
#   usage: judge.pl RESOLVER PORT
#
# Mail::SPF, Mail::DKIM and Mail::DMARC share no code with pyspf, dkimpy, Rspamd and boringmail: a mistake in one of
# those is seen by this one.
use strict;
use warnings;

use Email::Address::XS;
use Email::Simple;
use JSON;
use Mail::DKIM::DNS;
use Mail::DKIM::Verifier;
use Mail::DMARC::PurePerl;
use Mail::SPF;
use MIME::Base64;

# A resolver that remembers which look-ups failed: Mail::DMARC takes a failure for the absence of a record.
package Noting {
    use parent 'Net::DNS::Resolver';
    our @failed;

    sub send {
        my ( $self, @query ) = @_;
        my $packet = $self->SUPER::send(@query);
        my $rcode = $packet ? $packet->header->rcode : 'no answer';
        push @failed, "$query[0]: $rcode" if $rcode !~ /^(?:NOERROR|NXDOMAIN)$/;
        return $packet;
    }
}

my ( $address, $port ) = @ARGV;
my $resolver = Noting->new(
    nameservers => [$address],
    port        => $port,
    recurse     => 1,
    defnames    => 0,
    dnsrch      => 0,
    retry       => 2,
    retrans     => 2,
    udp_timeout => 3,
    tcp_timeout => 3,
);
Mail::DKIM::DNS::resolver($resolver);
my $spf_server = Mail::SPF::Server->new( dns_resolver => $resolver, hostname => 'mail.bigmail.example' );
# The list's default rule, which Mail::DMARC does not know: a top-level domain in no rule is a public suffix.
Mail::DMARC::PurePerl->new->get_public_suffix_list->{'*'} = 1;

sub spf {
    my ($mail) = @_;
    my $null = $mail->{mail_from} eq '';
    my $identity = $null ? $mail->{helo} : $mail->{mail_from};
    my $domain = lc( ( split /@/, $identity )[-1] // '' );
    my $result = eval {
        $spf_server->process(
            Mail::SPF::Request->new(
                versions      => [1],
                scope         => $null ? 'helo' : 'mfrom',
                identity      => $identity,
                ip_address    => $mail->{client},
                helo_identity => $mail->{helo},
            )
        );
    };
    # An EHLO name that is no domain name is no identity (RFC 7208 2.3).
    return { result => 'none', domain => $domain, explanation => "$@" } if !$result;
    return { result => $result->code, domain => $domain, explanation => $result->local_explanation };
}

sub dkim {
    my ($raw) = @_;
    my $verifier = Mail::DKIM::Verifier->new;
    $verifier->PRINT($raw);
    $verifier->CLOSE;
    my @signatures = grep { !$_->isa('Mail::DKIM::DkSignature') } $verifier->signatures;
    return [ map { signature($_) } @signatures ];
}

sub signature {
    my ($signature) = @_;
    my ( $result, $detail ) = ( $signature->result, $signature->result_detail );
    if ( $result eq 'invalid' ) {
        $result = $detail =~ /DNS|time/i ? 'temperror' : 'permerror';
    }
    return {
        domain   => $signature->domain   // '',
        selector => $signature->selector // '',
        result   => $result,
        reason   => $result eq 'pass' ? '' : $detail,
    };
}

sub from_domain {
    my ($raw) = @_;
    my ($from) = Email::Simple->new($raw)->header('From');
    my ($author) = defined $from ? Email::Address::XS->parse($from) : ();
    return lc( ( $author && $author->host ) // '' );
}

sub dmarc {
    my ( $from, $spf, $signatures ) = @_;
    my $judge = Mail::DMARC::PurePerl->new;
    my $none = { result => 'none', domain => $from, policy => undef, spf_aligned => JSON::false, dkim_aligned => JSON::false };
    return { %$none, reason => 'no domain in the From header' } if !$judge->is_valid_domain($from);
    $judge->header_from($from);
    $judge->{resolver} = $resolver;
    $judge->spf( scope => 'mfrom', domain => $spf->{domain}, result => $spf->{result} ) if $spf->{domain};
    for my $one ( grep { $_->{domain} } @$signatures ) {
        $judge->dkim( domain => $one->{domain}, selector => $one->{selector}, result => $one->{result} );
    }
    @Noting::failed = ();
    my $result = $judge->validate;
    my $published = eval { $result->published };
    my $valid = $published && $published->p && $published->is_valid_p( $published->p );
    return { %$none, result => 'temperror', reason => "@Noting::failed" } if !$valid && @Noting::failed;
    my $reason = join '; ', map { $_->comment // $_->type } @{ $result->reason || [] };
    return { %$none, reason => $reason } if !$valid;
    my $policy = $judge->is_subdomain && defined $published->sp ? $published->sp : $published->p;
    return {
        result       => $result->result,
        domain       => $from,
        policy       => lc $policy,
        spf_aligned  => ( $result->spf  // '' ) eq 'pass' ? JSON::true : JSON::false,
        dkim_aligned => ( $result->dkim // '' ) eq 'pass' ? JSON::true : JSON::false,
        reason       => $reason || 'policy of ' . $published->domain,
    };
}

$| = 1;
my $json = JSON->new->utf8->canonical;
while ( my $line = <STDIN> ) {
    my $mail = $json->decode($line);
    my $raw = decode_base64( $mail->{raw} );
    my $spf = spf($mail);
    my $signatures = dkim($raw);
    my $dmarc = dmarc( from_domain($raw), $spf, $signatures );
    print $json->encode( { spf => $spf, dkim => $signatures, dmarc => $dmarc } ), "\n";
}
